/* Not UTF-8, and no error: café. */
int latin1(void)
{
    return '\xe9';
}
