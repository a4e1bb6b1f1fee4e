"""One plug-in of each kind for Stillguard, each as small as it can be."""
