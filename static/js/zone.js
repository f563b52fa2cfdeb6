// A choice of time zones (data-browser-zone) begins with the browser's own, where it is offered.
(function () {
  "use strict";

  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.querySelectorAll("select[data-browser-zone]").forEach(function (select) {
    if (
      Array.from(select.options).some(function (option) {
        return option.value === here;
      })
    ) {
      select.value = here;
    }
  });
})();
