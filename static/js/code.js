// Every block of code in a guide gets a button that copies it; code and tables wider than the column
// can be scrolled by keyboard. The words come from the page, which knows the language.
(function () {
  "use strict";

  const COPIED_FOR = 2000;
  const guide = document.querySelector("[data-copy-code]");
  if (!guide) {
    return;
  }

  function mark(block) {
    window.getSelection().selectAllChildren(block);
  }

  function copyButton(block) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "code-copy";
    button.textContent = guide.dataset.copyCode;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      if (!navigator.clipboard) {
        mark(block);
        return;
      }
      navigator.clipboard.writeText(block.textContent.trimEnd()).then(
        function () {
          button.textContent = guide.dataset.copied;
          setTimeout(function () {
            button.textContent = guide.dataset.copyCode;
          }, COPIED_FOR);
        },
        function () {
          mark(block);
        }
      );
    });
    return button;
  }

  guide.querySelectorAll("pre").forEach(function (block) {
    const frame = document.createElement("div");
    frame.className = "code-frame";
    block.replaceWith(frame);
    frame.append(block, copyButton(block));
    block.tabIndex = 0;
  });

  guide.querySelectorAll(".table-scroll > table").forEach(function (table) {
    const frame = table.closest(".table-scroll");
    new ResizeObserver(function () {
      if (frame.scrollWidth > frame.clientWidth) {
        frame.tabIndex = 0;
      } else {
        frame.removeAttribute("tabindex");
      }
    }).observe(frame);
  });
})();
