// The button `#theme`: light or dark, until the page is left; before it is used, as the reader's system is.
{
  const button = document.getElementById("theme");
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", String(prefersDark.matches));
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(!isDark()));
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  });
  prefersDark.addEventListener("change", () => {
    if (!document.documentElement.dataset.theme) button.setAttribute("aria-pressed", String(prefersDark.matches));
  });
}
