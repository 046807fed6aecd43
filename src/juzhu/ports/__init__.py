"""What Juzhu needs from outside, as Protocols, frozen messages and named errors."""
