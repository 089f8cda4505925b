//! Through the router, as each desk and as the wrong people.
