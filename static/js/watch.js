// Long work (data-watch): its state is looked up every second, and the page loaded anew when it ends.
(function () {
  "use strict";

  const watched = document.querySelector("[data-watch]");
  if (!watched) {
    return;
  }
  const bar = watched.querySelector("progress");
  const words = watched.querySelector(".progress-words");

  function look() {
    fetch(window.location.href)
      .then(function (answer) {
        return answer.text();
      })
      .then(function (text) {
        const page = new DOMParser().parseFromString(text, "text/html");
        const found = page.querySelector("[data-watch]");
        if (!found) {
          window.location.reload();
          return;
        }
        bar.value = found.querySelector("progress").value;
        words.textContent = found.querySelector(".progress-words").textContent;
        window.setTimeout(look, 1000);
      })
      .catch(function () {
        window.setTimeout(look, 5000);
      });
  }

  window.setTimeout(look, 1000);
})();
