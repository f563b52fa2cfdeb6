// Menus and definitions (<details data-menu>) close as people expect: on Escape, on a press
// elsewhere, when the focus leaves, and when another one opens.
(function () {
  "use strict";

  function openMenus() {
    return document.querySelectorAll("details[data-menu][open]");
  }

  function closeOthers(target) {
    openMenus().forEach(function (menu) {
      if (!menu.contains(target)) {
        menu.open = false;
      }
    });
  }

  document.addEventListener("pointerdown", function (event) {
    closeOthers(event.target);
  });

  document.addEventListener("focusin", function (event) {
    closeOthers(event.target);
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") {
      return;
    }
    openMenus().forEach(function (menu) {
      const hadFocus = menu.contains(document.activeElement);
      menu.open = false;
      if (hadFocus) {
        menu.querySelector("summary").focus();
      }
    });
  });
})();
