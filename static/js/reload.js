// A page that waits for the worker looks again by itself, while somebody looks at it.
(function () {
  "use strict";

  const waiting = document.querySelector("[data-reload]");

  function look() {
    if (document.hidden) {
      document.addEventListener("visibilitychange", look, { once: true });
    } else {
      location.reload();
    }
  }

  setTimeout(look, Number(waiting.dataset.reload));
})();
