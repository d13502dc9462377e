import { testApiFaults } from './support/api-faults.ts'

testApiFaults([
  { name: 'external API refuses connections', kind: { kind: 'refused' } },
  { name: 'external API is frozen', kind: { kind: 'frozen' } },
  {
    name: 'external API is slow (0.4 s)',
    kind: { kind: 'slow', delayMs: 400 },
    overrides: {
      expectedOutcomes: {},
      down: [],
      assertVisible: () => undefined,
      assertRecovered: () => undefined,
    },
  },
  { name: 'external API resets connections during a response', kind: { kind: 'reset' } },
])
