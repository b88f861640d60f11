// Lines over the years from the JSON on the page, in the colours of the style sheet: one a rating
// level, told apart by its points too.
"use strict";

const POINTS = { excellent: "star", good: "circle", completed: "rect", failed: "crossRot" };
const DASHES = { excellent: [], good: [], completed: [6, 3], failed: [2, 3] };

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function draw(canvas) {
  const data = JSON.parse(document.getElementById(canvas.dataset.yearLines).textContent);
  const text = { color: colour("--ink-soft"), font: { family: "Be Vietnam Pro", size: 12 } };
  return new Chart(canvas, {
    type: "line",
    data: {
      labels: data.labels,
      datasets: data.series.map((series) => ({
        label: series.label,
        data: series.data,
        borderColor: colour(`--level-${series.level}`),
        backgroundColor: colour(`--level-${series.level}`),
        pointStyle: POINTS[series.level],
        borderDash: DASHES[series.level],
        borderWidth: 2,
        pointRadius: 6,
        spanGaps: false,
      })),
    },
    options: {
      locale: document.documentElement.lang,
      animation: false,
      maintainAspectRatio: false,
      scales: {
        x: { ticks: text, grid: { display: false }, offset: data.labels.length === 1 },
        y: { min: 0, max: 100, ticks: text, grid: { color: colour("--line") } },
      },
      plugins: {
        legend: { position: "bottom", labels: { ...text, usePointStyle: true, padding: 14 } },
        tooltip: {
          callbacks: {
            label: ({ dataset, formattedValue }) => `${dataset.label}: ${formattedValue} %`,
          },
        },
      },
    },
  });
}

document.addEventListener("DOMContentLoaded", () => {
  const charts = new Map();
  const drawAll = () => {
    for (const canvas of document.querySelectorAll("[data-year-lines]")) {
      charts.get(canvas)?.destroy();
      charts.set(canvas, draw(canvas));
    }
  };
  document.fonts.ready.then(drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
});
