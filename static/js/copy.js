// A button with data-copy copies its value and says so. Without a clipboard (plain HTTP) the field
// beside it is marked instead, ready to be copied by hand.
(function () {
  "use strict";

  const COPIED_FOR = 2000;

  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    const field = button.parentElement.querySelector("input");
    const label = button.textContent;

    function mark() {
      field.focus();
      field.select();
    }

    function say() {
      button.textContent = button.dataset.copied;
      setTimeout(function () {
        button.textContent = label;
      }, COPIED_FOR);
    }

    field.addEventListener("focus", function () {
      field.select();
    });
    button.hidden = false;
    button.addEventListener("click", function () {
      if (navigator.clipboard) {
        navigator.clipboard.writeText(button.dataset.copy).then(say, mark);
      } else {
        mark();
      }
    });
  });
})();
