import { problem } from '../kit/problem.js';
import { type PasswordFault, SHORTEST_PASSWORD } from './password-rule.js';

type Nothing = Record<string, never>;

export const NoSession = problem<Nothing>(
  'access.no_session',
  401,
  () => 'This visit has ended. Open the link in our message again; your answers are kept.',
);

export const LinkUnknown = problem<Nothing>(
  'access.link_unknown',
  404,
  () => 'This link does not open anything. Open the newest message from us again, or copy its whole link.',
);

export const ForeignRequest = problem<Nothing>(
  'access.foreign_request',
  403,
  () => 'This request did not come from our own pages. Open the link in our message again.',
);

export const StaffOnly = problem<{ next: string }>(
  'access.staff_only',
  401,
  () => 'This page is for the study team. Sign in first.',
);

export const NotAllowed = problem<Nothing>(
  'access.not_allowed',
  403,
  () => 'Your roles do not include this. Ask an owner to grant you one that does.',
);

export const RouteUndeclared = problem<Nothing>(
  'access.route_undeclared',
  403,
  () => 'Nobody may call this: it does not stand in the table of routes.',
);

export const StepUpNeeded = problem<{ next: string }>(
  'access.step_up_needed',
  403,
  () => 'This needs your second factor once more. Prove it, then try again.',
);

export const SignInRefused = problem<Nothing>(
  'access.sign_in_refused',
  401,
  () => 'The address and the password do not belong together. Check both.',
);

export const SignInDelayed = problem<{ retryAfterSeconds: number }>(
  'access.sign_in_delayed',
  429,
  (d) => `Too many tries failed. Wait ${d.retryAfterSeconds} s, then try again.`,
);

export const FactorRefused = problem<Nothing>(
  'access.factor_refused',
  401,
  () => 'This is not your second factor, or the code was used before. Take the next code.',
);

export const StaffLinkLapsed = problem<Nothing>(
  'access.staff_link_lapsed',
  404,
  () => 'This link was used, has lapsed, or is not whole. Ask for another one.',
);

export const PasswordUnfit = problem<{ fault: PasswordFault }>(
  'access.password_unfit',
  422,
  () =>
    `Choose another password: at least ${SHORTEST_PASSWORD} characters, none of the commonest, and not your address.`,
);

export const NoStaffSecret = problem<Nothing>(
  'access.no_staff_secret',
  503,
  () => 'Staff accounts need STAFF_SECRET (see .env.example). Give it, or call a web process.',
);

export const StaffSecretChanged = problem<Nothing>(
  'access.staff_secret_changed',
  503,
  () => 'STAFF_SECRET is another one than when this account was made. Give that one.',
);

export const InvalidInvitation = problem<{ fault: string }>(
  'access.invalid_invitation',
  422,
  ({ fault }) => `Nobody was invited. ${fault}`,
);

export const UnknownAccount = problem<Nothing>(
  'access.unknown_account',
  404,
  () => 'No account of the staff has this address. See staff list.',
);

export const AccountExists = problem<Nothing>(
  'access.account_exists',
  409,
  () => 'This address has an account. Use staff grant, or staff reset-second-factor with --and-password.',
);

export const UnknownGrantStudy = problem<{ study: string }>(
  'access.unknown_study',
  404,
  ({ study }) => `There is no study ${study}. Name a loaded one by its id or code.`,
);

export const LocalOnly = problem<Nothing>(
  'access.local_only',
  403,
  () => 'Only an installation that this machine alone can reach lets anybody in without a password.',
);

export const TokenRefused = problem<Nothing>(
  'access.token_refused',
  401,
  () =>
    'No token came that opens this: send one that has not ended, made for this study and kind of release, as Authorization: Bearer. Who gave it to you can make another.',
);

export const TwoActors = problem<Nothing>(
  'access.two_actors',
  400,
  () => 'A token and a staff session came together. Send one of them, so that it is known who asks.',
);

export const InvalidTokenWish = problem<{ fault: string }>(
  'access.invalid_token_wish',
  422,
  ({ fault }) => `No token was made. ${fault}`,
);

export const UnknownToken = problem<Nothing>(
  'access.unknown_token',
  404,
  () => 'No token has this id. See token list.',
);
