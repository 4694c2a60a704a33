# Put here by: photo-bridge install digikam. All it does is in: photo-bridge host digikam item
# digiKam writes quoted paths in the places of the two variables below before the shell starts, and a shell executes
# what a file name says inside quotes. In a quoted here-document it does not, and no file name can hold its random end.
exec @COMMAND@ host digikam item @WANT@ @TOKEN@ "$PPID" <<'@TOKEN@'
$INPUT
@TOKEN@-output
$OUTPUT
@TOKEN@
