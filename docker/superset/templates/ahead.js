// Asks for what a dashboard's page is going to ask, while its scripts are still being read; each answer is handed out once.
(() => {
  const page = /^\/superset\/dashboard\/([\w-]+)\/$/.exec(location.pathname);
  if (!page) return;
  const ask = window.fetch.bind(window);
  const asked = new Map();
  for (const part of ['charts', 'datasets']) {
    const address = `/api/v1/dashboard/${page[1]}/${part}`;
    asked.set(address, ask(address, { credentials: 'same-origin', headers: { Accept: 'application/json' } }));
  }
  window.fetch = (request, options) => {
    const method = options?.method ?? 'GET';
    const address = typeof request === 'string' ? new URL(request, location.href) : null;
    const early = method === 'GET' && address?.origin === location.origin ? asked.get(address.pathname + address.search) : undefined;
    if (!early) return ask(request, options);
    asked.delete(address.pathname + address.search);
    return early;
  };
})();
