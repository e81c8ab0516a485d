import { testFollowUp } from './follow-up-tests.js';

testFollowUp('b', [
  'work_why',
  'work_trend',
  'income_more',
  'init_aim',
  'init_money',
  'init_serves',
  'init_join',
  'use_compat',
]);
