// Streams between levels (Sankey) from the JSON on the page, as SVG, in the colours of the style
// sheet. Each level is named at its bar, so that the colour is not the only sign.
"use strict";

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function levelColour(level) {
  return colour(level ? `--level-${level}` : "--line-strong") || colour("--ink-soft");
}

// Room for the names on both sides.
const NARROW = 480;

function option(data, width) {
  const room = width < NARROW ? 118 : 150;
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const ink = colour("--ink");
  return {
    animation: false,
    textStyle: { fontFamily: "Be Vietnam Pro", color: ink },
    series: [
      {
        type: "sankey",
        left: room,
        right: room,
        top: 8,
        bottom: 8,
        nodeGap: 14,
        nodeWidth: 14,
        draggable: false,
        silent: true,
        layoutIterations: 0,
        label: {
          color: ink,
          fontSize: width < NARROW ? 11 : 12,
          formatter: ({ data: node }) => `${node.words} ${numbers.format(node.number)}`,
        },
        lineStyle: { opacity: 0.35, curveness: 0.5 },
        data: data.nodes.map((node) => ({
          ...node,
          label: { position: node.side },
          itemStyle: { color: levelColour(node.level), borderWidth: 0 },
        })),
        links: data.links.map((link) => ({
          source: link.source,
          target: link.target,
          value: link.number,
          lineStyle: { color: levelColour(link.level) },
        })),
      },
    ],
  };
}

document.addEventListener("DOMContentLoaded", () => {
  const pictures = [];
  for (const place of document.querySelectorAll("[data-level-flow]")) {
    const data = JSON.parse(document.getElementById(place.dataset.levelFlow).textContent);
    const picture = echarts.init(place, null, { renderer: "svg" });
    pictures.push([picture, data]);
  }
  const drawAll = () => {
    for (const [picture, data] of pictures) {
      picture.resize();
      picture.setOption(option(data, picture.getWidth()));
    }
  };
  document.fonts.ready.then(drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("resize", drawAll);
});
