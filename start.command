#!/bin/sh
# Double-click this file: it finds Python, sets Thyrida up and shows the site in the browser.
cd "$(dirname "$0")" || exit 3

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# macOS has a python3 of its own that only offers to install the developers' tools: it is no Python without them.
find_python() {
    python=$(command -v python3)
    if [ "$python" != /usr/bin/python3 ] || [ "$(uname)" != Darwin ] || xcode-select -p >/dev/null 2>&1; then
        if is_new_enough "$python"; then return; fi
    fi
    for python in /Library/Frameworks/Python.framework/Versions/3.*/bin/python3 /opt/homebrew/bin/python3 \
        /usr/local/bin/python3; do
        if [ -x "$python" ] && is_new_enough "$python"; then return; fi
    done
    return 1
}

if ! find_python; then
    cat <<'END'

  Χρειάζεται η Python 3.11 ή νεότερη, που δεν βρέθηκε σε αυτόν τον υπολογιστή.
  Κατεβάστε την από το https://www.python.org/downloads/, εγκαταστήστε την
  και ανοίξτε πάλι αυτό το αρχείο με διπλό κλικ.

  Python 3.11 or newer is needed, and was not found on this computer.
  Get it from https://www.python.org/downloads/, install it,
  and double-click this file again.

END
    exit 3
fi

cat <<END

  Η Θυρίδα ξεκινά και θα ανοίξει στο πρόγραμμα περιήγησης. Αφήστε αυτό το παράθυρο ανοικτό.
  Thyrida is starting, and opens in your browser. Leave this window open.

END
"$python" build.py serve "$@"
cat <<END

  Εδώ γράφετε τις εντολές:  python3 build.py new     ξεκινά μια νέα αποστολή
  Type the commands here:   python3 build.py check   σημειώνει τα λάθη / names the mistakes
                            python3 build.py         δημιουργεί τον ιστότοπο / builds the site

END
if [ -t 0 ]; then exec "${SHELL:-/bin/sh}"; fi
