"""MNS, as far as SMS reports use it: queues of Alibaba's own account, and the keys to them."""
