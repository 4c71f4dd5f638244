"""The demo town: a made-up town on a river, where English, Ukrainian and Russian are heard."""
