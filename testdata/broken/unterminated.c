int before(void)
{
    return 0;
}

int open_brace(int x)
{
    if ( x )
    {
        return 1;

/* a comment that never ends
int after(void)
{
    return 0;
}
