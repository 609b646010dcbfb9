/* Small helpers of the pages. Everything works without them; they save clicks and catch slips. */
(function () {
  "use strict";

  /* A form sent twice by a double click is stopped here already; the server stands it as well. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  /* Word counts: characters without white space, as the form's limit counts them. */
  function count(area) {
    var out = document.getElementById(area.dataset.count);
    if (!out) return;
    var length = Array.from(area.value.replace(/\s/g, "")).length;
    out.textContent = length + " / " + area.dataset.most;
    out.classList.toggle("over", length > Number(area.dataset.most));
  }
  document.addEventListener("input", function (event) {
    if (event.target.dataset && event.target.dataset.count) count(event.target);
  });

  /* Autosave: a saved form carries its new revision, so that the next save is not taken for a second window. */
  document.addEventListener("saved", function (event) {
    document.querySelectorAll("input[name=revision]").forEach(function (field) { field.value = event.detail.revision; });
  });

  /* Leaving with unsaved text is asked about once. */
  var touched = false;
  document.addEventListener("input", function (event) { if (event.target.closest("[data-guard]")) touched = true; });
  document.addEventListener("saved", function () { touched = false; });
  document.addEventListener("submit", function () { touched = false; });
  window.addEventListener("beforeunload", function (event) { if (touched) event.preventDefault(); });

  /* Demo accounts on the login page fill the form. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-username]");
    if (!button) return;
    document.getElementById("id_username").value = button.dataset.username;
    document.getElementById("id_password").value = button.dataset.password;
    document.getElementById("id_password").focus();
  });

  /* Charts: the data lies beside the chart as JSON, the same numbers stand in the table below it. */
  function charts() {
    if (!window.echarts) return;
    document.querySelectorAll("[data-chart]").forEach(function (box) {
      var option = JSON.parse(document.getElementById(box.dataset.chart).textContent);
      var chart = window.echarts.init(box, null, { renderer: "svg" });
      chart.setOption(option);
      chart.on("click", function (point) { if (point.data && point.data.url) window.location = point.data.url; });
      window.addEventListener("resize", function () { chart.resize(); });
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-count]").forEach(count);
    charts();
  });
})();

/* --- Score sheet: the running total. The server shows the saved one; this only saves the mental arithmetic. --- */
(function () {
  "use strict";

  /* In hundredths, so that 0.1 and 0.2 make 0.3. */
  function total(form) {
    var cents = 0;
    form.querySelectorAll("[data-points]").forEach(function (field) {
      var points = Number(field.value);
      if (field.value !== "" && isFinite(points)) cents += Math.round(points * 100);
    });
    form.querySelector("[data-total]").textContent = String(cents / 100);
  }
  document.addEventListener("input", function (event) {
    var form = event.target.closest("[data-sheet]");
    if (form && event.target.matches("[data-points]")) total(form);
  });
  /* A browser that goes back fills the fields again without saying so. */
  window.addEventListener("pageshow", function () { document.querySelectorAll("[data-sheet]").forEach(total); });
})();
