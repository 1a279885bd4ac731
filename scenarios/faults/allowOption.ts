/** The command-line option. In code it is called `allowFaultsOnServer`. */
export const ALLOW_OPTION = '--allow-faults-on-server';
