"""The synthetic city: answers over HTTP as the agencies' own systems do, and says in a header what is simulated."""
