// Asks for what a dashboard's page is going to ask, while its scripts are still being read; each answer is handed out once.
// And takes out of the legends of charts what their title line says once: whence their figures are (pages.js puts it there).
(() => {
  const page = /^\/superset\/dashboard\/([\w-]+)\/$/.exec(location.pathname);
  if (!page) return;
  const ask = window.fetch.bind(window);
  const asked = new Map();
  for (const part of ['charts', 'datasets']) {
    const address = `/api/v1/dashboard/${page[1]}/${part}`;
    asked.set(address, ask(address, { credentials: 'same-origin', headers: { Accept: 'application/json' } }));
  }

  const SIMULATED = 'DATA SIMULASI';
  const origins = window.kotaAsal = new Map();  // number of a chart -> what its title line says
  const bare = (name) => (name === SIMULATED ? 'Nilai' : name.replace(/(, | · )DATA SIMULASI$/, ''));
  const renamed = (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [bare(name), value]));

  // Series of which each is simulated lose the words; where only some are, the legend has to tell which.
  const unmarked = (result, chart) => {
    const names = (result.colnames ?? []).slice(1);
    const marked = names.filter((name) => String(name).endsWith(SIMULATED));
    if (!marked.length) return;
    const isWhole = marked.length === names.length && new Set(names.map(bare)).size === names.length;
    origins.set(chart, isWhole ? SIMULATED : `SEBAGIAN ${SIMULATED}`);
    if (!isWhole) return;
    result.colnames = result.colnames.map(bare);
    result.data = result.data.map(renamed);
    if (result.label_map) result.label_map = renamed(result.label_map);
  };

  const asShown = async (answer, chart) => {
    if (!answer.ok) return answer;
    const text = await answer.clone().text();
    if (!/"colnames": ?\[[^\]]*DATA SIMULASI/.test(text)) {
      origins.delete(chart);
      return answer;
    }
    const content = JSON.parse(text);
    for (const result of content.result ?? []) unmarked(result, chart);
    return new Response(JSON.stringify(content), { status: answer.status, statusText: answer.statusText, headers: answer.headers });
  };

  const chartOf = (url) => {
    try {
      return String(JSON.parse(url.searchParams.get('form_data') ?? '{}').slice_id ?? '');
    } catch {
      return '';
    }
  };

  window.fetch = (request, options) => {
    const method = options?.method ?? 'GET';
    const url = typeof request === 'string' ? new URL(request, location.href) : null;
    const isOurs = url?.origin === location.origin;
    if (method === 'POST' && isOurs && url.pathname === '/api/v1/chart/data') {
      return ask(request, options).then((answer) => asShown(answer, chartOf(url)));
    }
    const early = method === 'GET' && isOurs ? asked.get(url.pathname + url.search) : undefined;
    if (!early) return ask(request, options);
    asked.delete(url.pathname + url.search);
    return early;
  };
})();
