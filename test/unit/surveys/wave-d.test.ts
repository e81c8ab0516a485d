import { testFollowUp } from './follow-up-tests.js';

testFollowUp('d', [
  'friends_local',
  'open_local',
  'unfair',
  'shared_fate',
  'init_aim',
  'diff_eu',
  'diff_us',
  'diff_return',
  'prof_level',
  'values_close',
]);
