@echo off
rem Double-click this file: it finds Python, sets Thyrida up and shows the site in the browser.
chcp 65001 >nul
title Thyrida
pushd "%~dp0"
set "NEW_ENOUGH=import sys; sys.exit(sys.version_info < (3, 11))"
set "PYTHON="
call :try py -3
call :try python
call :look "%LOCALAPPDATA%\Programs\Python"
call :look "%ProgramFiles%"
call :look "%SystemDrive%\."
if not defined PYTHON goto :missing

echo.
echo   Η Θυρίδα ξεκινά και θα ανοίξει στο πρόγραμμα περιήγησης. Αφήστε αυτό το παράθυρο ανοικτό.
echo   Thyrida is starting, and opens in your browser. Leave this window open.
echo.
%PYTHON% build.py serve %*
echo.
echo   Εδώ γράφετε τις εντολές:  %PYTHON% build.py new     ξεκινά μια νέα αποστολή
echo   Type the commands here:   %PYTHON% build.py check   σημειώνει τα λάθη / names the mistakes
echo                             %PYTHON% build.py         δημιουργεί τον ιστότοπο / builds the site
echo.
cmd /k
exit /b

:look
for /f "delims=" %%D in ('dir /b /ad "%~1\Python3*" 2^>nul') do call :try "%~1\%%D\python.exe"
exit /b

:try
if defined PYTHON exit /b
%* -c "%NEW_ENOUGH%" >nul 2>nul
if not errorlevel 1 set PYTHON=%*
exit /b

:missing
echo.
echo   Χρειάζεται η Python 3.11 ή νεότερη, που δεν βρέθηκε σε αυτόν τον υπολογιστή.
echo   Κατεβάστε την από το https://www.python.org/downloads/ (δεν χρειάζονται δικαιώματα διαχειριστή),
echo   εγκαταστήστε την και ανοίξτε πάλι αυτό το αρχείο με διπλό κλικ.
echo.
echo   Python 3.11 or newer is needed, and was not found on this computer.
echo   Get it from https://www.python.org/downloads/ (no administrator is needed), install it,
echo   and double-click this file again.
echo.
pause
exit /b 3
