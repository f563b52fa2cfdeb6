// A row of a list (data-row) opens on a press anywhere in it, as its own link does. The link stays
// what the keyboard and screen readers use. Text can still be marked, and other controls work.
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    const row = event.target.closest("[data-row]");
    if (!row || event.defaultPrevented || event.target.closest("a, button, input, select, label, summary")) {
      return;
    }
    const link = row.querySelector("a[href]");
    if (!link || !window.getSelection().isCollapsed) {
      return;
    }
    if (event.ctrlKey || event.metaKey) {
      window.open(link.href, "_blank", "noopener");
    } else {
      link.click();
    }
  });
})();
