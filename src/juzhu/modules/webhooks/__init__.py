"""Where departments want to be nudged when the feed has something for them."""
