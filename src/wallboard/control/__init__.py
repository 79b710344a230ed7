"""From a key to an action that is known to have happened, or known not to: policy, dispatch, verification, journal."""
