"use strict";
{% include "theme.js" %}
(() => {
  const shown = document.getElementById("shown");
  const filters = [...document.querySelectorAll("input[type=radio]")];
  const kinds = [...document.querySelectorAll(".kind")];

  // The style sheet filters; this only says what is left.
  const count = () => {
    const cases = [...document.querySelectorAll(".case")].filter((node) => node.checkVisibility());
    shown.textContent = `${cases.length.toLocaleString("en")} shown`;
  };

  // An address that points into a kind that is filtered out takes the filter away.
  const follow = () => {
    const place = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (!place || place.checkVisibility()) return;
    for (const all of document.querySelectorAll("input[type=radio][value='']")) all.checked = true;
    count();
    place.scrollIntoView();
  };

  for (const filter of filters) filter.addEventListener("change", count);
  window.addEventListener("hashchange", follow);
  if (kinds.length) count();
  follow();
})();
