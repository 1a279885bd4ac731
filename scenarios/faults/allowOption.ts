/** The option of the command line; in code it is `allowFaultsOnServer`. */
export const ALLOW_OPTION = '--allow-faults-on-server';
