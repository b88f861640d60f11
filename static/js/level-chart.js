// Stacked bars from the JSON on the page, in the colours of the style sheet: of rating levels, with
// a mark on each bar that shows how many may be excellent under the cap, or of what has a colour.
// A group may have two bars, of what was suggested and what was decided; a click on one leads down.
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
      const drawn = chart.data.datasets.map((_, set) => chart.getDatasetMeta(set).data[index]);
      const top = Math.min(...drawn.map((bar) => bar.y - bar.height / 2));
      const bottom = Math.max(...drawn.map((bar) => bar.y + bar.height / 2));
      ctx.beginPath();
      ctx.moveTo(x, top - 4);
      ctx.lineTo(x, bottom + 4);
      ctx.stroke();
    });
    ctx.restore();
  },
};

// Levels stand in the legend once, for both bars of a group.
function toggle(_event, item, legend) {
  const { chart } = legend;
  const shown = chart.isDatasetVisible(item.datasetIndex);
  chart.data.datasets.forEach((series, index) => {
    if (series.label === item.text) chart.setDatasetVisibility(index, !shown);
  });
  chart.update();
}

function draw(canvas) {
  const data = JSON.parse(document.getElementById(canvas.dataset.levelChart).textContent);
  const addresses = data.addresses || [];
  const stacks = data.stacks || {};
  const labels = data.series.map((series) => series.label);
  const ground = colour("--surface");
  const text = { color: colour("--ink-soft"), font: { family: "Be Vietnam Pro", size: 12 } };
  return new Chart(canvas, {
    type: "bar",
    data: {
      labels: data.labels.map((label) => lines(label)),
      places: data.places || [],
      datasets: data.series.map((series) => ({
        label: series.label,
        stack: series.stack,
        data: series.data,
        backgroundColor: colour(series.colour || `--level-${series.level}`),
        borderColor: ground,
        borderWidth: { right: 2 },
        borderSkipped: false,
        maxBarThickness: new Set(data.series.map((each) => each.stack)).size > 1 ? 13 : 22,
      })),
    },
    options: {
      indexAxis: "y",
      locale: document.documentElement.lang,
      animation: false,
      maintainAspectRatio: false,
      onClick(_event, parts) {
        if (parts.length && addresses[parts[0].index]) location.assign(addresses[parts[0].index]);
      },
      onHover(event, parts) {
        event.native.target.style.cursor = parts.length && addresses.length ? "pointer" : "";
      },
      scales: {
        x: { stacked: true, ticks: { ...text, precision: 0 }, grid: { color: colour("--line") } },
        y: { stacked: true, ticks: { ...text, autoSkip: false }, grid: { display: false } },
      },
      plugins: {
        legend: {
          position: "bottom",
          onClick: toggle,
          labels: {
            ...text,
            boxWidth: 12,
            boxHeight: 12,
            padding: 14,
            filter: (item) => labels.indexOf(item.text) === item.datasetIndex,
          },
        },
        tooltip: {
          callbacks: {
            label({ dataset, formattedValue }) {
              const kind = stacks[dataset.stack] ? ` (${stacks[dataset.stack]})` : "";
              return `${dataset.label}${kind}: ${formattedValue}`;
            },
          },
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
