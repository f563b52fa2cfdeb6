// A form with data-confirm asks its question before it is sent.
(function () {
  "use strict";

  document.addEventListener("submit", function (event) {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
    }
  });
})();
