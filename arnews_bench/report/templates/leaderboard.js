"use strict";
{% include "theme.js" %}
(() => {
  const root = document.documentElement;
  const controls = document.getElementById("controls");
  const status = document.getElementById("status");
  const boards = [...document.querySelectorAll(".board")];
  const runs = new Map([...document.querySelectorAll("dialog.run")].map((run) => [run.id, run]));
  root.dataset.script = "";
  controls.hidden = false;

  const cellOf = (row, key) => [...row.cells].find((cell) => cell.dataset.key === key);

  // Words by the reader's alphabet, figures by size; what has none stands last either way.
  const words = new Intl.Collator(undefined, { numeric: true });
  const isWord = (key) => key === "model" || key === "kind";
  const compare = (key, sign) => (a, b) => {
    const [left, right] = [a, b].map((row) => cellOf(row, key).dataset.value);
    if (left === "" || right === "") return (left === "") - (right === "");
    return sign * (isWord(key) ? words.compare(left, right) : left - right);
  };

  const sort = (board, key, direction) => {
    const body = board.querySelector("tbody");
    const rows = [...body.rows].sort((a, b) => a.dataset.place - b.dataset.place);
    rows.sort(compare(key, direction === "ascending" ? 1 : -1));
    body.append(...rows);
    for (const head of board.querySelectorAll("thead th")) {
      if (head.dataset.key === key) head.setAttribute("aria-sort", direction);
      else head.removeAttribute("aria-sort");
    }
  };

  for (const board of boards) {
    for (const [place, row] of [...board.querySelectorAll("tbody tr")].entries()) row.dataset.place = place;
    for (const head of board.querySelectorAll("thead th")) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const { key, first } = head.dataset;
        const other = first === "ascending" ? "descending" : "ascending";
        sort(board, key, head.getAttribute("aria-sort") === first ? other : first);
      });
    }
  }

  // One task: its column alone, the models that have it, ranked by it.
  const filterBoard = (board, task, kinds) => {
    const heads = [...board.querySelectorAll("thead th")].map((head) => head.dataset.key);
    const hasTask = task === "" || heads.includes(task);
    board.hidden = !hasTask;
    if (!hasTask) return [0, 0];
    const isShown = (key) => task === "" || key === task || ["rank", "model", "kind"].includes(key);
    for (const cell of board.querySelectorAll("[data-key]")) cell.hidden = !isShown(cell.dataset.key);
    const rows = [...board.querySelectorAll("tbody tr")];
    for (const row of rows) {
      const answered = task === "" || cellOf(row, task).dataset.run !== undefined;
      row.hidden = !(answered && kinds.has(row.dataset.kind));
      const rank = cellOf(row, "rank");
      if (rank === undefined) continue;
      rank.dataset.own ??= rank.dataset.value;
      rank.dataset.value = task === "" ? rank.dataset.own : cellOf(row, task).dataset.rank;
      rank.textContent = rank.dataset.value || "–";
    }
    const shown = rows.filter((row) => !row.hidden).length;
    board.querySelector(".none").hidden = shown > 0;
    return [shown, rows.length];
  };

  const filter = (sorts) => {
    const task = controls.querySelector("[name=task]:checked").value;
    const kinds = new Set([...controls.querySelectorAll("[name=kind]:checked")].map((box) => box.value));
    let [shown, all] = [0, 0];
    for (const board of boards) {
      const [some, total] = filterBoard(board, task, kinds);
      [shown, all] = [shown + some, all + total];
      if (!sorts || board.hidden) continue;
      const scores = [...board.querySelectorAll("thead th[data-first=descending]")].map((head) => head.dataset.key);
      sort(board, task || scores[0], "descending");
    }
    status.textContent = shown === all ? "" : `${shown} of ${all} rows shown`;
  };
  controls.addEventListener("change", (event) => {
    if (event.target.name) filter(event.target.name === "task");
  });

  const open = (name) => {
    const run = runs.get(name);
    if (run === undefined || run.open) return;
    run.showModal();
    run.scrollTop = 0;
    history.replaceState(null, "", `#${name}`);
  };
  for (const run of runs.values()) {
    run.open = false;
    const close = run.querySelector(".close");
    close.hidden = false;
    close.addEventListener("click", () => run.close());
    // A click beside the window is one on the window itself: its content lies inside its padding.
    run.addEventListener("click", (event) => {
      const box = run.getBoundingClientRect();
      const isInside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (event.target === run && !isInside) run.close();
    });
    run.addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));
  }
  document.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-run]");
    if (cell === null) return;
    event.preventDefault();
    open(cell.dataset.run);
  });
  window.addEventListener("hashchange", () => open(location.hash.slice(1)));
  open(location.hash.slice(1));
})();
