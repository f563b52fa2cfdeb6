// A picture that is shown smaller than it is opens in full on a press, and closes on Escape or
// another press.
(function () {
  "use strict";

  function open(picture) {
    const dialog = document.createElement("dialog");
    const button = document.createElement("button");
    const full = picture.cloneNode();
    dialog.className = "zoom";
    button.type = "button";
    full.removeAttribute("width");
    full.removeAttribute("height");
    button.append(full);
    dialog.append(button);
    document.body.append(dialog);
    button.addEventListener("click", function () {
      dialog.close();
    });
    dialog.addEventListener("close", function () {
      dialog.remove();
    });
    dialog.showModal();
  }

  function prepare(picture) {
    if (picture.naturalWidth <= picture.clientWidth || picture.closest("a")) {
      return;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "zoom-in";
    // Of a pair for light and dark pages, the button of the one that is hidden hides with it.
    for (const theme of ["only-light", "only-dark"]) {
      button.classList.toggle(theme, picture.classList.contains(theme));
    }
    picture.replaceWith(button);
    button.append(picture);
    button.addEventListener("click", function () {
      open(picture);
    });
  }

  document.querySelectorAll(".prose img").forEach(function (picture) {
    if (picture.complete) {
      prepare(picture);
    } else {
      picture.addEventListener("load", function () {
        prepare(picture);
      });
    }
  });
})();
