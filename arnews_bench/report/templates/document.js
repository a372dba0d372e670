"use strict";
{% include "theme.js" %}
(() => {
  const root = document.documentElement;
  const panel = document.getElementById("attributions");
  const layer = document.getElementById("show-attributions");
  const roles = ["cue", "source", "content", "via"];
  const segments = [...document.querySelectorAll("#text .segment")];
  const entries = new Map([...panel.querySelectorAll(".entry")].map((entry) => [entry.id, entry]));
  // With a script the style sheet leaves highlighting to it: one attribution at a time.
  root.dataset.script = "";

  // What the pointer, the keyboard and the address point at; the first of them is shown.
  let hovered = null;
  let focused = null;
  let chosen = null;

  const anchorsOf = (node) => {
    const place = node instanceof Element ? node.closest(".entry, [data-cue]") : null;
    if (place === null) return null;
    return place.matches(".entry") ? [place.id] : place.dataset.cue.split(" ");
  };

  const isBeside = () => getComputedStyle(panel).position === "sticky";

  const scrollPanelTo = (entry) => {
    // Only the panel may move: the reader's place in the text stays.
    const above = entry.offsetTop - panel.scrollTop;
    if (above < 0) panel.scrollTop = entry.offsetTop - 8;
    const below = above + entry.offsetHeight - panel.clientHeight;
    if (below > 0) panel.scrollTop += below + 8;
  };

  const show = () => {
    const shown = layer.checked ? hovered ?? focused ?? chosen ?? [] : [];
    for (const segment of segments) {
      for (const role of roles) {
        const anchors = segment.dataset[role]?.split(" ") ?? [];
        segment.classList.toggle(`on-${role}`, anchors.some((anchor) => shown.includes(anchor)));
      }
    }
    for (const [anchor, entry] of entries) {
      const isShown = shown.includes(anchor);
      entry.classList.toggle("active", isShown);
      if (isShown) entry.setAttribute("aria-current", "true");
      else entry.removeAttribute("aria-current");
    }
    const first = entries.get(shown[0]);
    if (first && isBeside()) scrollPanelTo(first);
  };

  const choose = (fragment) => {
    const anchor = fragment.slice(1).replace(/^cue-/, "");
    chosen = entries.has(anchor) ? [anchor] : null;
    show();
    return chosen;
  };

  const follow = () => {
    if (choose(location.hash) && isBeside()) {
      document.getElementById(`cue-${chosen[0]}`)?.scrollIntoView({ block: "center" });
    }
  };

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    hovered = anchorsOf(event.target);
    show();
  });
  root.addEventListener("pointerleave", () => { hovered = null; show(); });
  document.addEventListener("focusin", (event) => { focused = anchorsOf(event.target); show(); });
  document.addEventListener("focusout", () => { focused = null; show(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    hovered = focused = chosen = null;
    show();
  });
  // A link to where one already is changes no address, and should highlight all the same.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link) choose(link.hash);
  });
  window.addEventListener("hashchange", follow);

  layer.addEventListener("change", () => {
    for (const link of document.querySelectorAll("#text a")) link.tabIndex = layer.checked ? 0 : -1;
    show();
  });

  follow();
})();
