#!/bin/sh
set -e

# Migrations would go here.
"$@"
