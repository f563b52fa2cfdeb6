// What needs attention first takes the focus: the error summary (data-focus). Its links lead to the
// field itself, also where the browser would only scroll to it.
(function () {
  "use strict";

  const first = document.querySelector("[data-focus]");
  if (!first) {
    return;
  }
  first.focus();
  first.addEventListener("click", function (event) {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) {
      return;
    }
    const control = field.matches("fieldset") ? field.querySelector("input") || field : field;
    event.preventDefault();
    control.focus({ preventScroll: true });
    (field.closest(".form-row") || field).scrollIntoView({ block: "start" });
  });
})();
