// What Superset's pages lack for people who do not see them or have no mouse: a heading, names of pictures, one control in another.
(() => {
  const label = (element, name, value) => { if (element.getAttribute(name) !== value) element.setAttribute(name, value); };

  const headTitle = () => {
    const panel = document.querySelector('.header-with-actions .title-panel');
    if (!panel || panel.querySelector('h1')) return;
    const heading = document.createElement('h1');
    heading.textContent = panel.querySelector('input')?.value ?? document.title;
    heading.style.cssText = 'position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)';
    panel.prepend(heading);
  };

  const nameCharts = () => {
    for (const chart of document.querySelectorAll('.chart-slice')) {
      const name = chart.dataset.testChartName;
      const origin = window.kotaAsal?.get(chart.dataset.testChartId);
      const title = chart.querySelector('.header-title');
      label(chart, 'role', 'group');
      label(chart, 'aria-label', origin ? `${name} (${origin})` : name);
      if (title && origin) label(title, 'data-asal', origin);
      else title?.removeAttribute('data-asal');
      for (const canvas of chart.querySelectorAll('canvas')) {
        label(canvas, 'role', 'img');
        label(canvas, 'aria-label', `Grafik: ${name}. Tabelnya ada pada menu grafik ini.`);
      }
    }
  };

  const untangleTabs = () => {
    for (const inner of document.querySelectorAll('[role=tab] [tabindex], [role=tab] input, [role=tab] a')) inner.remove();
    // Where not all tabs fit, their list holds the button of the others too, which is no tab.
    for (const bar of document.querySelectorAll('.ant-tabs-nav[role=tablist]')) {
      const list = bar.querySelector('.ant-tabs-nav-list');
      if (!list) continue;
      label(list, 'role', 'tablist');
      bar.removeAttribute('role');
      bar.removeAttribute('aria-orientation');
    }
  };

  const letScroll = () => {
    for (const box of document.querySelectorAll('.dashboard-component-chart-holder, .chart-slice table')) {
      const scrolls = box.scrollHeight > box.clientHeight + 1 && getComputedStyle(box).overflowY === 'auto';
      if (scrolls) label(box, 'tabindex', '0');
    }
  };

  // A screen that nobody touches: ?standalone=1&putar=30 opens the next tab every 30 seconds.
  const seconds = Number(new URLSearchParams(location.search).get('putar'));
  if (seconds >= 5) {
    document.body.classList.add('kota-lobi');
    setInterval(() => {
      const tabs = [...document.querySelectorAll('.dashboard-component-tabs [role=tab]')];
      const open = tabs.findIndex((tab) => tab.getAttribute('aria-selected') === 'true');
      tabs[(open + 1) % tabs.length]?.click();
    }, seconds * 1000);
  }

  let isDue = false;
  const mend = () => { isDue = false; headTitle(); nameCharts(); untangleTabs(); letScroll(); };
  const soon = () => { if (!isDue) { isDue = true; setTimeout(mend, 200); } };
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  soon();
})();
