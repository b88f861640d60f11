// Stacked bars from the JSON on the page, in the colours of the style sheet: of rating levels, with
// a mark on each bar that shows how many may be excellent under the cap, or of what has a colour.
"use strict";

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// A long name goes on a second line, broken between words.
function lines(text, width = 22) {
  const found = [""];
  for (const word of text.split(" ")) {
    const last = found[found.length - 1];
    if (last && last.length + word.length >= width && found.length < 2) found.push(word);
    else found[found.length - 1] = last ? `${last} ${word}` : word;
  }
  return found;
}

const capMarks = {
  id: "capMarks",
  afterDatasetsDraw(chart) {
    const { ctx, scales } = chart;
    const bars = chart.getDatasetMeta(0).data;
    ctx.save();
    ctx.strokeStyle = colour("--ink");
    ctx.lineWidth = 2;
    chart.config.data.places.forEach((places, index) => {
      if (places === null || !bars[index]) return;
      const x = scales.x.getPixelForValue(places);
      const half = bars[index].height / 2 + 4;
      ctx.beginPath();
      ctx.moveTo(x, bars[index].y - half);
      ctx.lineTo(x, bars[index].y + half);
      ctx.stroke();
    });
    ctx.restore();
  },
};

function draw(canvas) {
  const data = JSON.parse(document.getElementById(canvas.dataset.levelChart).textContent);
  const ground = colour("--surface");
  const text = { color: colour("--ink-soft"), font: { family: "Be Vietnam Pro", size: 12 } };
  return new Chart(canvas, {
    type: "bar",
    data: {
      labels: data.labels.map((label) => lines(label)),
      places: data.places || [],
      datasets: data.series.map((series) => ({
        label: series.label,
        data: series.data,
        backgroundColor: colour(series.colour || `--level-${series.level}`),
        borderColor: ground,
        borderWidth: { right: 2 },
        borderSkipped: false,
        maxBarThickness: 22,
      })),
    },
    options: {
      indexAxis: "y",
      locale: document.documentElement.lang,
      animation: false,
      maintainAspectRatio: false,
      scales: {
        x: { stacked: true, ticks: { ...text, precision: 0 }, grid: { color: colour("--line") } },
        y: { stacked: true, ticks: { ...text, autoSkip: false }, grid: { display: false } },
      },
      plugins: {
        legend: {
          position: "bottom",
          labels: { ...text, boxWidth: 12, boxHeight: 12, padding: 14 },
        },
      },
    },
    plugins: [capMarks],
  });
}

document.addEventListener("DOMContentLoaded", () => {
  const charts = new Map();
  const drawAll = () => {
    for (const canvas of document.querySelectorAll("[data-level-chart]")) {
      charts.get(canvas)?.destroy();
      charts.set(canvas, draw(canvas));
    }
  };
  document.fonts.ready.then(drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
});
