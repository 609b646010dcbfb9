/* The field that chooses a site suggests while one types. A combobox as WAI-ARIA describes it: the keyboard stays in the
   field, arrows move in the list, Enter takes, Escape closes. Without this script the form asks back by itself. */
(function () {
  "use strict";
  if (window.hasChoosers) return;
  window.hasChoosers = true;

  var PAUSE_MS = 200;

  function Chooser(root, number) {
    var self = this;
    this.root = root;
    this.field = root.querySelector("input[type=text]");
    this.id = root.querySelector("[data-chooser-id]");
    this.asked = root.querySelector("[data-chooser-asked]");
    this.status = root.querySelector("[data-chooser-status]");
    this.list = document.createElement("ul");
    this.list.id = "chooser-list-" + number;
    this.list.className = "chooser-list";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    var label = document.querySelector("label[for='" + this.field.id + "']");
    if (label) {
      label.id = label.id || this.list.id + "-label";
      this.list.setAttribute("aria-labelledby", label.id);
    }
    this.active = -1;
    this.turn = 0;
    [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.list.id]]
      .forEach(function (trait) { self.field.setAttribute(trait[0], trait[1]); });
    this.field.after(this.list);
    this.field.addEventListener("input", function (event) { if (!event.isComposing) self.typed(); });
    this.field.addEventListener("compositionend", function () { self.typed(); });
    this.field.addEventListener("keydown", function (event) { self.key(event); });
    this.field.addEventListener("click", function () { if (!self.field.value && self.list.hidden) self.ask(); });
    this.field.addEventListener("blur", function () { self.close(); });
    /* The field keeps the focus while the mouse takes something. */
    this.list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    this.list.addEventListener("click", function (event) {
      var option = event.target.closest("[role=option]");
      if (option) self.take(option);
    });
  }

  Chooser.prototype.options = function () { return this.list.querySelectorAll("[role=option]"); };

  /* Once something else is typed, what was chosen or asked back no longer counts. */
  Chooser.prototype.typed = function () {
    var self = this, found = this.root.querySelector(".chooser-found");
    if (found) found.remove();
    if (this.field.value !== this.asked.value) this.id.value = "";
    clearTimeout(this.timer);
    this.turn += 1;
    if (!this.field.value.trim()) { this.close(); this.status.textContent = ""; return; }
    this.timer = setTimeout(function () { self.ask(); }, PAUSE_MS);
  };

  Chooser.prototype.ask = function () {
    var self = this, turn = this.turn += 1;
    var text = this.id.value ? "" : this.field.value.trim();
    var sign = this.root.dataset.url.indexOf("?") < 0 ? "?" : "&";
    this.status.textContent = this.root.dataset.busyWords;
    fetch(this.root.dataset.url + sign + "q=" + encodeURIComponent(text), { headers: { Accept: "application/json" } })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then(function (answer) { if (turn === self.turn && document.activeElement === self.field) self.show(answer); })
      .catch(function () { if (turn === self.turn) self.show({ items: [], words: self.root.dataset.failedWords }); });
  };

  Chooser.prototype.show = function (answer) {
    var list = this.list;
    list.replaceChildren();
    answer.items.forEach(function (item, place) {
      var option = document.createElement("li"), detail = document.createElement("span");
      option.id = list.id + "-" + place;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.id = item.id;
      option.dataset.label = item.label;
      option.textContent = item.label;
      detail.className = "detail";
      detail.textContent = item.detail;
      option.append(" ", detail);
      list.append(option);
    });
    var foot = document.createElement("li");
    foot.className = "chooser-words";
    foot.setAttribute("role", "presentation");
    foot.textContent = answer.words;
    list.append(foot);
    this.status.textContent = answer.words;
    list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.move(-1);
  };

  Chooser.prototype.close = function () {
    clearTimeout(this.timer);
    this.turn += 1;
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.move(-1);
  };

  Chooser.prototype.move = function (place) {
    var options = this.options();
    options.forEach(function (option, each) { option.setAttribute("aria-selected", String(each === place)); });
    this.active = place;
    if (place < 0) { this.field.removeAttribute("aria-activedescendant"); return; }
    this.field.setAttribute("aria-activedescendant", options[place].id);
    options[place].scrollIntoView({ block: "nearest" });
  };

  Chooser.prototype.take = function (option) {
    this.id.value = option.dataset.id;
    this.field.value = this.asked.value = option.dataset.label;
    this.close();
    this.status.textContent = this.root.dataset.chosenWords + " " + option.dataset.label;
  };

  Chooser.prototype.key = function (event) {
    var count = this.options().length, open = !this.list.hidden;
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) this.ask();
      else if (count) this.move(event.key === "ArrowDown" ? (this.active + 1) % count : (this.active <= 0 ? count : this.active) - 1);
    } else if (event.key === "Enter" && open && this.active >= 0) {
      event.preventDefault();
      this.take(this.options()[this.active]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  };

  document.querySelectorAll("[data-chooser]").forEach(function (root, number) { new Chooser(root, number); });
})();
