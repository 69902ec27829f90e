"""What `tests.bench.voice` is made of: clips, the judges' process, peers by WORLD, and the scores. No bench itself."""
