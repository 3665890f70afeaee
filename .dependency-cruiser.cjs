/** Which folder may import which: the tree is the design, and this holds it. */
const between = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to },
})

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Types may know each other. A query holds queries, so its parser and compiler are recursive by nature.',
      from: { pathNot: '^local/cosmos/src/query/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@azure/functions-core$' },
    },
    between(
      'local-knows-no-remit',
      '^local/',
      '^(packages|start|test|infra)/',
      'Stand-ins stand in for the service, not for the application.',
    ),
    between(
      'packages-know-no-local',
      '^packages/',
      '^(local|start|test)/',
      'The apps run unchanged; only addresses differ.',
    ),
    between('domain-is-pure', '^packages/domain/', '^packages/(?!domain/)', 'Rules import nothing of the system.'),
    {
      name: 'domain-has-one-dependency',
      severity: 'error',
      from: { path: '^packages/domain/' },
      to: { dependencyTypes: ['npm'], pathNot: 'node_modules/zod/' },
    },
    between(
      'documents-know-nobody',
      '^packages/documents/',
      '^packages/(?!documents/)',
      'The store knows nothing of what is stored.',
    ),
    between(
      'event-store-knows-no-business',
      '^packages/event-store/',
      '^packages/domain/src/(?!decider|digest|canonical-json)',
      'Streams know nothing of credits.',
    ),
    between(
      'event-store-is-below',
      '^packages/event-store/',
      '^packages/(api|functions-|simulator)',
      'Imports go downwards only.',
    ),
    between(
      'api-is-below-the-apps',
      '^packages/api/',
      '^packages/(functions-|simulator)',
      'Imports go downwards only.',
    ),
    between(
      'apps-are-apart',
      '^packages/functions-([^/]+)/',
      '^packages/functions-(?!$1/)',
      'Apps never import each other.',
    ),
    between(
      'verify-is-apart',
      '^packages/(?!verify/)',
      '^packages/verify/',
      'It looks at everything from outside; nothing rests on it.',
    ),
    between(
      'rebuild-is-apart',
      '^packages/(?!rebuild/)',
      '^packages/rebuild/',
      'It comes when it is called; nothing rests on it.',
    ),
    between(
      'consoles-read-no-other-app',
      '^packages/(verify|rebuild)/',
      '^packages/functions-(?!projections/)',
      'They take over what an event shows in a view, and nothing else of the apps.',
    ),
    between(
      'console-is-a-client',
      '^packages/operator/',
      '^packages/(?!operator/)',
      'The console knows the API and nothing behind it.',
    ),
    between(
      'second-ledger-is-independent',
      '^packages/simulator/',
      '^packages/(?!simulator/)',
      'The auditor shares no code with the system.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
