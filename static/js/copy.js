// Copying: a button with data-copy copies its value, and every block of code in a guide gets such
// a button. Both say so when it is done. Without a clipboard (plain HTTP) the text is selected.
(function () {
  "use strict";

  const COPIED_FOR = 2000;

  function select(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  function copy(button, text, fallback) {
    if (!navigator.clipboard) {
      fallback();
      return;
    }
    navigator.clipboard.writeText(text).then(
      function () {
        const label = button.textContent;
        button.textContent = button.dataset.copied;
        button.disabled = false;
        setTimeout(function () {
          button.textContent = label;
        }, COPIED_FOR);
      },
      fallback
    );
  }

  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    const field = button.parentElement.querySelector("input");
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      copy(button, button.dataset.copy, function () {
        if (field) {
          field.focus();
          field.select();
        }
      });
    });
  });

  document.querySelectorAll("input[data-select-on-focus]").forEach(function (input) {
    input.addEventListener("focus", function () {
      input.select();
    });
  });

  const words = document.querySelector("[data-copy-code]");
  if (!words) {
    return;
  }
  words.querySelectorAll("pre").forEach(function (block) {
    const frame = document.createElement("div");
    const button = document.createElement("button");
    frame.className = "code-frame";
    button.type = "button";
    button.className = "code-copy";
    button.textContent = words.dataset.copyCode;
    button.dataset.copied = words.dataset.copied;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      copy(button, block.textContent, function () {
        select(block);
      });
    });
    block.replaceWith(frame);
    frame.append(block, button);
  });
})();
