import { PLACE } from '../variable/variable-feed.js';
import { lintPrev } from './lint-prev.js';
import { type Element, elementsOf, error, type Finding, isInTemplate, isJson } from './lint-walk.js';

/** Questions with one value, which alone can be confirmed or compared. */
const SINGLE = new Set([
  ...[
    'text',
    'comment',
    'radiogroup',
    'dropdown',
    'buttongroup',
    'rating',
    'boolean',
    'slider',
    'imagepicker',
  ],
]);
const MODES = new Set<unknown>(['independent', 'proactive', 'reactive']);
const CONTAINERS = new Set(['page', 'panel']);

/**
 * Dependent interviewing: each fed item has one value, and an item that confirms or checks it; nothing sensitive is shown;
 * and what is named of earlier waves is fed. Whether an earlier wave asked for it is not known here.
 */
export function lintFeeds(json: unknown): Finding[] {
  if (!isJson(json)) return [];
  const elements = [...elementsOf(json)];
  const fed = elements.filter(isFed);
  return [
    ...elements.flatMap(mode),
    ...fed.flatMap((element) => [
      ...kind(element),
      ...confirming(element, elements),
      ...sharedConfirming(element, fed),
      ...shown(element),
    ]),
    ...place(elements),
    ...lintPrev(json, new Map(fed.map((one) => [String(one.json.name), one.json.sensitive === true]))),
  ];
}

const isFed = ({ json }: Element): boolean => json.feedMode === 'proactive' || json.feedMode === 'reactive';

const mode = ({ json, path }: Element): Finding[] =>
  json.feedMode === undefined || MODES.has(json.feedMode)
    ? []
    : [
        error(
          `${path}.feedMode`,
          'feed-mode',
          `"${String(json.feedMode)}" is no way to use an earlier answer. Choose independent, proactive or reactive.`,
        ),
      ];

function kind(element: Element): Finding[] {
  const { json, path, type } = element;
  const single = SINGLE.has(type) && json.sliderType !== 'range' && json.multiSelect !== true;
  const ownKey = json.valueName === undefined || json.valueName === '' || json.valueName === json.name;
  const onPage = element.around.every((outer) => CONTAINERS.has(outer.type));
  if (single && ownKey && onPage) return [];
  return [
    error(
      `${path}.feedMode`,
      'feed-kind',
      'Only an item with one value, on a page or in a panel and without a valueName of its own, can be fed an earlier answer. Remove feedMode, or ask for the change in an item of its own.',
    ),
  ];
}

function confirming({ json, path }: Element, elements: Element[]): Finding[] {
  const by = elements.find((element) => element.json.name === json.feedBy && !isInTemplate(element));
  const needed = json.feedMode === 'proactive' ? ['same', 'changed', 'wrong'] : ['changed', 'wrong'];
  const missing = needed.filter((value) => !valuesOf(by).includes(value));
  if (by?.type === 'radiogroup' && missing.length === 0) return [];
  return [
    error(
      `${path}.feedBy`,
      'feed-by',
      by?.type === 'radiogroup'
        ? `${String(json.feedBy)} lacks ${missing.join(', ')}, from which it is read what became of the earlier answer. Add them to its choices.`
        : `A ${String(json.feedMode)} item needs a radiogroup that ${json.feedMode === 'proactive' ? 'confirms' : 'checks'} it. Name one with the values ${needed.join(', ')} in feedBy.`,
    ),
  ];
}

const valuesOf = (element: Element | undefined): unknown[] =>
  Array.isArray(element?.json.choices)
    ? element.json.choices.map((choice: unknown) => (isJson(choice) ? choice.value : choice))
    : [];

function sharedConfirming({ json, path }: Element, fed: Element[]): Finding[] {
  const first = fed.find((other) => other.json.feedBy === json.feedBy);
  if (json.feedBy === undefined || first?.path === path) return [];
  return [
    error(
      `${path}.feedBy`,
      'feed-by',
      `${String(json.feedBy)} confirms or checks ${String(first?.json.name)} already, and one answer cannot speak of two items. Give each its own.`,
    ),
  ];
}

const shown = ({ json, path }: Element): Finding[] =>
  json.feedMode === 'proactive' && json.sensitive === true
    ? [
        error(
          `${path}.feedMode`,
          'feed-sensitive',
          'A proactive item shows the earlier answer to whoever holds the link, and this one is sensitive. Make it reactive.',
        ),
      ]
    : [];

/** The item that shows the known place has its answers, and a list of places by which the place is coded. */
function place(elements: Element[]): Finding[] {
  const by = elements.find(({ json }) => json.name === PLACE.by);
  if (!by) return [];
  const missing = ['same', 'moved', 'wrong'].filter((value) => !valuesOf(by).includes(value));
  const coded = elements.some(
    ({ json, around }) => json.name === PLACE.coded && around.at(-1)?.type === 'paneldynamic',
  );
  return [
    ...(by.type === 'radiogroup' && missing.length === 0
      ? []
      : [
          error(
            by.path,
            'feed-place',
            `${PLACE.by} shows the known place, and is a radiogroup with the values same, moved and wrong. Correct it, or call it otherwise.`,
          ),
        ]),
    ...(coded
      ? []
      : [
          error(
            by.path,
            'feed-place',
            `The known place is coded like ${PLACE.coded} in a dynamic panel, which is missing. Add the panel of places lived in.`,
          ),
        ]),
  ];
}
