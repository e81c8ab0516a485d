import { testFollowUp } from './follow-up-tests.js';

testFollowUp('c', ['ident_a', 'ident_b', 'shared_fate', 'dist_a', 'dist_b', 'contrast_main']);
