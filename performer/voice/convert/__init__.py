"""From any voice to one cloned voice: content, codebook, decoder, synthesis, frame by frame."""
