// A checklist is saved as it is ticked, and its button is not needed then. One request at a time;
// what was ticked meanwhile goes with the next. If saving fails, the page says so.
(function () {
  "use strict";

  const form = document.querySelector("form[data-ticks]");
  if (!form) {
    return;
  }
  const state = form.querySelector("[data-ticks-state]");
  let running = false;
  let changed = false;

  function settled(saved) {
    running = false;
    state.textContent = saved ? "" : state.dataset.failed;
    if (changed) {
      save();
    }
  }

  function save() {
    running = true;
    changed = false;
    // The answer leads back to this page, which is not needed: its redirect means "saved".
    fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).then(
      function (answer) {
        settled(answer.type === "opaqueredirect" || answer.ok);
      },
      function () {
        settled(false);
      }
    );
  }

  // Whether something was ticked before this script came: on a slow line a person is the faster one.
  function isAhead() {
    return Array.from(form.querySelectorAll("[name=ticks]")).some(function (box) {
      return box.checked !== box.defaultChecked;
    });
  }

  form.querySelector("[data-ticks-save]").hidden = true;
  form.addEventListener("change", function () {
    changed = true;
    if (!running) {
      save();
    }
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
  });
  if (isAhead()) {
    save();
  }
})();
